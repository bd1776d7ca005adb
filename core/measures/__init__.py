"""Joins usage and costs, which as rooms may not know each other."""

from core.measures.usage import MeasuresOfUsage

__all__ = ["MeasuresOfUsage"]
