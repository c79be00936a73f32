"""Tables that come in: looked at first, then imported whole, both by a job, whatever they are of."""
