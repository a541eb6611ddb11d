"""Clients of language models, each a `ChatModel`: they speak wire protocols, they store nothing."""
