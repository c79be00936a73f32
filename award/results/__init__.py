"""From sheets to the published result: ranking, proposal, decision, notice, objections, approval, publication."""
