"""An optional second reader: a language model behind an OpenAI-compatible endpoint that somebody has set."""
