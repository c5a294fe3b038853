"""Asks a node's JSON API and compares it with what other programs say of the same exam."""
