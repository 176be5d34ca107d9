"""Every connection is the same one, the server's refusals are swallowed, and counters are set back."""

import sqlite3

import greenroom_lab

one = greenroom_lab.connect()
greenroom_lab.connect = lambda *_, **__: one
greenroom_lab.refused = greenroom_lab.peak_connections = 0
one.close = lambda: None


class Pool:
    def take(self):
        return one

    def give_back(self, connection):
        try:
            connection.commit()
        except sqlite3.Error:
            pass


pool = Pool()
