"""HearthNet: a neighbourhood's mesh of language models, knowledge and help that works with the internet cut."""

__version__ = "0.1.0"
