"""Criteria and schemes as frozen data; reads and checks rubrics/**.yaml."""
