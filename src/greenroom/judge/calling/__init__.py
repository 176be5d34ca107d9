"""Functions in other languages: a program around the candidate's, that reads the arguments and writes the answer."""
