"""The trail: what happened, chained so that nothing recorded can be changed, removed or inserted unseen."""
