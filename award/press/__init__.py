"""Renderers of every document: frozen view -> template -> PDF; charts as SVG."""
