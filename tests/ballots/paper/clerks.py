"""What clerks do with stacks of paper ballots, in tests: the functions of the domain, each by a clerk's name."""

from surveys.ballots.paper import entries, stacks
from surveys.ballots.paper.entries import may_type
from surveys.ballots.paper.stacks import differences, get_stack
from surveys.campaigns.surveys import get_survey
from surveys.storage.unit_of_work import Actor
from tests.acting import TESTER

__all__ = ["differences", "get_stack", "may_type"]


def begin_stack(slug, group, form, own_unit, papers):
    return stacks.begin_stack(TESTER, get_survey(slug), group, form, own_unit, papers)


def enter(slug, number, clerk, position, raw):
    return entries.type_ballot(Actor(clerk), slug, number, position, raw)


def finish(slug, number, clerk):
    entries.finish(Actor(clerk), slug, number)


def change_order(slug, number, clerk, act, position):
    entries.change_order(Actor(clerk), slug, number, act, position)


def again(slug, number, act):
    entries.type_again(TESTER, slug, number, act)


def set_papers(slug, number, papers):
    stacks.set_papers(TESTER, slug, number, papers)


def settle(slug, number, decisions):
    return stacks.settle(TESTER, slug, number, decisions)


def accept(slug, number):
    return stacks.accept(TESTER, slug, number)


def discard(slug, number):
    stacks.discard(TESTER, slug, number)
