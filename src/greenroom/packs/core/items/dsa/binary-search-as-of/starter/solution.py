"""Read `n q`, then n records `key time value` (`-` deletes), then q questions `key time`.

Print for each question the value in force at that time, or `none`.
"""
