"""What was agreed in the house."""

KEY = "clinic-2f94b7d06ce14c0fb8a35d1e70694ac8"
ISSUER = "https://portal.clinic.example"
AUDIENCE = "portal"
LIFETIME_S = 15 * 60
SCOPES = ("slots:read", "reports:read")
