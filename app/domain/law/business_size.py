"""Business size (skala usaha): how big a business is in the eyes of the law."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import StrEnum


class BusinessSize(StrEnum):
    """Skala usaha. The values are the words that the national OSS uses."""

    MICRO = "mikro"
    SMALL = "kecil"
    MEDIUM = "menengah"
    LARGE = "besar"


CAPITAL_CEILINGS_IDR = (  # PP 7/2021 art. 35(3); each ceiling is included
    (1_000_000_000, BusinessSize.MICRO),
    (5_000_000_000, BusinessSize.SMALL),
    (10_000_000_000, BusinessSize.MEDIUM),
)
YEARLY_SALES_CEILINGS_IDR = (  # PP 7/2021 art. 35(5); each ceiling is included
    (2_000_000_000, BusinessSize.MICRO),
    (15_000_000_000, BusinessSize.SMALL),
    (50_000_000_000, BusinessSize.MEDIUM),
)


class NegativeAmount(ValueError):
    """An amount of money below zero where there can be none."""

    def __init__(self, amount_idr: int) -> None:
        super().__init__("negative_amount")
        self.amount_idr = amount_idr


@dataclass(frozen=True, slots=True)
class Capital:
    """Business capital (modal usaha) in whole rupiah, own and borrowed, as the OSS form parts it.

    Raises NegativeAmount when one of the amounts is below zero.
    """

    land_idr: int
    building_idr: int
    machines_idr: int
    other_idr: int
    working_idr: int

    def __post_init__(self) -> None:
        for amount_idr in astuple(self):
            if amount_idr < 0:
                raise NegativeAmount(amount_idr)

    @property
    def total_idr(self) -> int:
        """Everything, land and building too."""
        return self.land_idr + self.building_idr + self.counted_idr

    @property
    def counted_idr(self) -> int:
        """What decides the size: without land and building (PP 7/2021 art. 35)."""
        return self.machines_idr + self.other_idr + self.working_idr

    @property
    def size(self) -> BusinessSize:
        """The size that follows from counted_idr."""
        return size_from_capital(self.counted_idr)


def size_from_capital(capital_idr: int) -> BusinessSize:
    """Return the size (skala usaha) of a business being registered.

    capital_idr: own and borrowed capital in whole rupiah, without the land
        and building of the place of business.

    Raises NegativeAmount below zero.
    Source: PP 7/2021, article 35(2)-(3).
    """
    return _size_below(CAPITAL_CEILINGS_IDR, capital_idr)


def size_from_yearly_sales(sales_idr: int) -> BusinessSize:
    """Return the size (skala usaha) of a running business.

    sales_idr: sales of one year (hasil penjualan tahunan) in whole rupiah.

    Raises NegativeAmount below zero.
    Source: PP 7/2021, article 35(4)-(5).
    """
    return _size_below(YEARLY_SALES_CEILINGS_IDR, sales_idr)


def _size_below(ceilings: tuple[tuple[int, BusinessSize], ...], amount_idr: int) -> BusinessSize:
    if amount_idr < 0:
        raise NegativeAmount(amount_idr)
    for ceiling_idr, size in ceilings:
        if amount_idr <= ceiling_idr:
            return size
    return BusinessSize.LARGE
