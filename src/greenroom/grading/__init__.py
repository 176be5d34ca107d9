"""Reads free text against rubric points and says, with the quoted words, what was found."""
