"""What tokens are made of."""

KEY = "gazette-6d1c09f4b2a84e7fa35b90e8c7d2416a"
ISSUER = "https://login.gazette.example"
LIFETIME_S = 4 * 3600
LEEWAY_S = 30  # the tablets' clocks and ours differ a little
