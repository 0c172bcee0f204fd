import pytest

from app.domain.law.business_size import (
    BusinessSize,
    Capital,
    NegativeAmount,
    size_from_capital,
    size_from_yearly_sales,
)


@pytest.mark.parametrize(
    ("capital_idr", "size"),
    [
        (0, BusinessSize.MICRO),
        (1_000_000_000, BusinessSize.MICRO),
        (1_000_000_001, BusinessSize.SMALL),
        (5_000_000_000, BusinessSize.SMALL),
        (5_000_000_001, BusinessSize.MEDIUM),
        (10_000_000_000, BusinessSize.MEDIUM),
        (10_000_000_001, BusinessSize.LARGE),
    ],
)
def test_a_capital_ceiling_belongs_to_the_size_it_ends(capital_idr, size):
    assert size_from_capital(capital_idr) is size


@pytest.mark.parametrize(
    ("sales_idr", "size"),
    [
        (0, BusinessSize.MICRO),
        (2_000_000_000, BusinessSize.MICRO),
        (2_000_000_001, BusinessSize.SMALL),
        (15_000_000_000, BusinessSize.SMALL),
        (15_000_000_001, BusinessSize.MEDIUM),
        (50_000_000_000, BusinessSize.MEDIUM),
        (50_000_000_001, BusinessSize.LARGE),
    ],
)
def test_a_sales_ceiling_belongs_to_the_size_it_ends(sales_idr, size):
    assert size_from_yearly_sales(sales_idr) is size


@pytest.mark.parametrize("rule", [size_from_capital, size_from_yearly_sales])
def test_nothing_is_below_zero(rule):
    with pytest.raises(NegativeAmount) as caught:
        rule(-1)
    assert caught.value.amount_idr == -1


def test_land_and_building_do_not_count():
    capital = Capital(
        land_idr=4_000_000_000,
        building_idr=3_000_000_000,
        machines_idr=600_000_000,
        other_idr=100_000_000,
        working_idr=300_000_000,
    )
    assert capital.total_idr == 8_000_000_000
    assert capital.counted_idr == 1_000_000_000
    assert capital.size is BusinessSize.MICRO


@pytest.mark.parametrize("part", range(5))
def test_no_part_of_the_capital_is_below_zero(part):
    amounts = [10] * 5
    amounts[part] = -1
    with pytest.raises(NegativeAmount):
        Capital(*amounts)
