"""Who somebody is. In solo mode: one local user, signed in by a one-time link."""
