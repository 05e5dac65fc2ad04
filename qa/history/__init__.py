"""Conversations that outlast the program: kept in a file of one's own, and written out to take along."""
