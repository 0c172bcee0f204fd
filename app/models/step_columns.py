"""Which columns each step of the form fills."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.dossier.journey import StepName

# What each step fills, of the person and of the activity. None of it stays in a step that is asked
# again. A column that is missing here would be copied into a question that looks answered.
COLUMNS: Mapping[StepName, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        StepName.PHONE: (
            ("phone", "phone_index", "npwp", "email", "email_index", "message_channel"),
            (),
        ),
        StepName.HOME: (("area_code", "area_text", "street", "rt_rw", "postcode"), ()),
        StepName.ACTIVITY: ((), ("kbli_year", "kbli_code", "scope_no")),
        StepName.BUSINESS: ((), ("trade_name", "description", "described", "scope_no")),
        StepName.PLACE: (
            (),
            ("village_code", "street", "rt_rw", "shared_premises", "position_code"),
        ),
        StepName.LAND: ((), ("land_area", "land_unit", "land_status", "customary_land")),
        StepName.CAPITAL: (
            (),
            ("land_idr", "building_idr", "machines_idr", "other_idr", "working_idr"),
        ),
        StepName.PRODUCTION: (
            (),
            ("workers_male", "workers_female", "product", "capacity", "capacity_unit"),
        ),
    }
)

OF_PERSON: Mapping[StepName, tuple[str, ...]] = {
    StepName.IDENTITY: ("nik", "name", "birth_date", "sex"),
    StepName.PHONE: ("phone", "npwp", "email"),
    StepName.HOME: ("area_code", "area_text", "street", "rt_rw", "postcode"),
}

OF_ENTITY: Mapping[StepName, tuple[str, ...]] = {
    StepName.ENTITY: (
        "name",
        "role",
        "registration_no",
        "registered_on",
        "npwp",
        "nitku",
        "parent_nib",
        "parent_name",
    ),
    StepName.DEED: ("deed_year", "deed_codes"),
}

OF_ACTIVITY: Mapping[StepName, tuple[str, ...]] = {
    StepName.ACTIVITY: ("kbli_year", "kbli_code", "scope_no"),
    StepName.BUSINESS: ("trade_name", "description", "scope_no"),
    StepName.PLACE: ("village_code", "street", "rt_rw", "shared_premises", "position_code"),
    StepName.LAND: ("land_area", "land_unit", "land_status", "customary_land"),
    StepName.CAPITAL: ("land_idr", "building_idr", "machines_idr", "other_idr", "working_idr"),
    StepName.PRODUCTION: (
        "workers_male",
        "workers_female",
        "product",
        "capacity",
        "capacity_unit",
    ),
}

PLACE_COLUMNS = (
    "village_code", "street", "rt_rw", "shared_premises", "position_code",
    "land_area", "land_unit", "land_status", "customary_land",
)  # fmt: skip
