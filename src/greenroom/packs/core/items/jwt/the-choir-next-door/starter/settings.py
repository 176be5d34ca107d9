"""Where our pages are."""

ORIGIN = "https://app.choir.example"
