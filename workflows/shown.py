"""What operators and the API see of an image's run: search attributes and the memo."""

from dataclasses import asdict

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from schema import contracts
from schema.contracts import Failure, ImageOutcome, ImageRef
from schema.enums import ImageStatus

_ORG = SearchAttributeKey.for_keyword(contracts.SEARCH_ORG)
_SITE = SearchAttributeKey.for_keyword(contracts.SEARCH_SITE)
_SESSION = SearchAttributeKey.for_keyword(contracts.SEARCH_SESSION)
_STATUS = SearchAttributeKey.for_keyword(contracts.SEARCH_STATUS)
_FAILURE = SearchAttributeKey.for_keyword(contracts.SEARCH_FAILURE)


def introduce(image: ImageRef) -> None:
    """Runs started by hand from the UI come without search attributes."""
    if workflow.info().typed_search_attributes.get(_ORG) is None:
        workflow.upsert_search_attributes(
            [
                _ORG.value_set(image.org_id),
                _SITE.value_set(image.site_id),
                _SESSION.value_set(image.session_id),
                _STATUS.value_set(ImageStatus.PENDING),
            ]
        )


def stands(status: ImageStatus, failure: Failure | None) -> None:
    """Show where the image stands while it has no verdict."""
    workflow.upsert_search_attributes(_attributes(status, failure))
    workflow.upsert_memo({"failure": asdict(failure) if failure else None})


def verdict(outcome: ImageOutcome) -> None:
    """Show how it ended."""
    workflow.upsert_search_attributes(_attributes(outcome.status, outcome.failure))


def _attributes(status: str, failure: Failure | None) -> list[SearchAttributeUpdate[str]]:
    """All that one error parked have one code: its class."""
    code = failure and (failure.error or failure.code)
    known = _FAILURE.value_set(code) if code else _FAILURE.value_unset()
    return [_STATUS.value_set(status), known]
