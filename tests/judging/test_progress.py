"""How far the sheets of a round are: the list of all panels tells what each panel tells of itself."""

from sqlalchemy import Engine

from award.judging.progress import Seat, panels_in, progress_in
from award.kernel.audit.trail import transaction
from tests.conftest import StandingClock
from tests.judging import world as worlds


def test_the_list_and_the_panel_agree(any_engine: Engine, clock: StandingClock) -> None:
    world = worlds.build(any_engine, applications=3, unsigned=((0, 3),))
    worlds.score(world, 0, 0)
    worlds.submit(world, 0, 0)
    worlds.score(world, 0, 1, leave=20)
    worlds.replace(world, 2, 5)
    worlds.all_in(world, 1)
    with transaction(any_engine) as session:
        panels = {one.id: one for one in panels_in(session, world.office, world.application(session).round)}
        assert set(panels) == set(world.applications)
        mixed, full, empty = (panels[one] for one in world.applications)
        coi = Seat("coi_pending", 0)
        assert mixed.seats == (Seat("submitted", 0), Seat("in_progress", 3), coi, Seat("not_started", 0), coi)
        assert (mixed.ended, mixed.gate_open) == ((worlds.JUDGES[2],), False)
        assert full.seats == (Seat("submitted", 0),) * 5
        assert full.gate_open
        assert {seat.state for seat in empty.seats} == {"not_started"}
        for at, public_id in enumerate(world.applications):
            found, told = progress_in(session, world.application(session, at)), panels[public_id]
            assert [one.state for one in found.seats] == [one.state for one in told.seats]
            assert tuple(one.name for one in found.ended) == told.ended
            assert (told.entrant, told.number) == (found.application.entrant, found.application.number)
