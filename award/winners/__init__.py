"""After the award: certificates and their verification, revocation, the register of winners."""
