"""Rooms of KaraKara: what its phone client and its player ask of a server, over queues of ours (docs/karakara.md)."""
