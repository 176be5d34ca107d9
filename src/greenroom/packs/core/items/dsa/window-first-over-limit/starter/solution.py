"""Read `limit window` and then lines `time client` from standard input, in order of time.

Print `client time` for the first request with which a client had more than `limit` requests later than time - window,
one line per such client in the order in which it happened; `nobody` if there is none.
"""
