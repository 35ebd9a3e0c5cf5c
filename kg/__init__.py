"""Grotius: Dutch policy as a knowledge graph in which each answer carries its proof."""
