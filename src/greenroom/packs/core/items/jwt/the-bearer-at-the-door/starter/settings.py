"""What was agreed with the login service."""

ISSUER = "https://login.shop.example"
AUDIENCE = "orders"
LEEWAY_S = 30
