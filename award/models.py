"""Every table of the system in one place, for the migrations; it holds none itself."""

import award.accounts.models
import award.applications.models
import award.judging.models
import award.kernel.audit.models
import award.kernel.clock
import award.kernel.documents.models
import award.kernel.files.models
import award.kernel.jobs.models
import award.kernel.mail.models
import award.kernel.sheets.models
import award.messages.models
import award.organisations.models
import award.panels.models
import award.results.models
import award.rounds.models
import award.standing.models
import award.winners.models
from award.kernel.db import Base

metadata = Base.metadata
