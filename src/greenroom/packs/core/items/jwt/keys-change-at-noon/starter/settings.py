"""What was agreed with the key service, in seconds."""

KEYS_URL = "https://keys.depot.example/keys"
CACHE_S = 300
COOLDOWN_S = 30
STALE_S = 3600
