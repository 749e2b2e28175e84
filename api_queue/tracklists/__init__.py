"""Tracklists of DJ sets: got from pages, sheets and text, kept in versions, published as tracks of the library."""
