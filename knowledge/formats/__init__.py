"""Readers of document formats: bytes in, values out."""
