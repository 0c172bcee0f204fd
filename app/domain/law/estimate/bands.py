"""Steps of capital and of yearly sales that a person chooses from, and the size behind each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.domain.law.business_size import BusinessSize, size_from_capital, size_from_yearly_sales


class CapitalBand(StrEnum):
    """Steps of business capital (modal usaha) without land and building."""

    UP_TO_50M = "up_to_50m"
    UP_TO_1BN = "up_to_1bn"
    UP_TO_5BN = "up_to_5bn"
    UP_TO_10BN = "up_to_10bn"
    ABOVE_10BN = "above_10bn"


class SalesBand(StrEnum):
    """Steps of yearly sales (hasil penjualan tahunan) of a running business."""

    UP_TO_2BN = "up_to_2bn"
    UP_TO_15BN = "up_to_15bn"
    UP_TO_50BN = "up_to_50bn"
    ABOVE_50BN = "above_50bn"


Band = CapitalBand | SalesBand
# Highest amount inside each step, in whole rupiah; None = no ceiling. The first capital step is
# only there to make the choice easy: it lies well inside the micro size.
BANDS: Mapping[Band, int | None] = MappingProxyType(
    {
        CapitalBand.UP_TO_50M: 50_000_000,
        CapitalBand.UP_TO_1BN: 1_000_000_000,
        CapitalBand.UP_TO_5BN: 5_000_000_000,
        CapitalBand.UP_TO_10BN: 10_000_000_000,
        CapitalBand.ABOVE_10BN: None,
        SalesBand.UP_TO_2BN: 2_000_000_000,
        SalesBand.UP_TO_15BN: 15_000_000_000,
        SalesBand.UP_TO_50BN: 50_000_000_000,
        SalesBand.ABOVE_50BN: None,
    }
)


def size_of_band(band: Band) -> BusinessSize:
    """Return the business size of everyone inside a step.

    Source: PP 7/2021, articles 35-36, through the size rules.
    """
    ceiling_idr = BANDS[band]
    if isinstance(band, CapitalBand):
        if ceiling_idr is None:
            return size_from_capital(10_000_000_001)
        return size_from_capital(ceiling_idr)
    if ceiling_idr is None:
        return size_from_yearly_sales(50_000_000_001)
    return size_from_yearly_sales(ceiling_idr)
