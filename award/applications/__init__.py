"""An organisation's entry: answers, evidence, submission, correction, acceptance; outcomes of stages held on paper."""
