"""Tables as researchers have them: other separators, encodings, headers, keys, and wrong codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.linking.beside import link_beside
from kg.linking.columns import ColumnError, Reading, read_columns, resolve
from kg.linking.index import Index
from kg.linking.mapping import About, link_table
from kg.linking.matching import Outcome, match_rows, settle_keys
from kg.linking.observations import observe
from kg.linking.tables import Table, TableError, read_table


def link(index: Index, path: Path) -> tuple[Table, Reading, list[Outcome]]:
    table = read_table(path)
    reading = settle_keys(index, table, read_columns(index, table))
    return table, reading, match_rows(index, table, reading)


def codes(outcomes: list[Outcome]) -> list[str]:
    return [o.thing.iri.rsplit("/", 1)[-1] if o.thing else "-" for o in outcomes]


def test_dutch_names_semicolons_windows_letters_and_decimal_commas(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "landen.csv"
    path.write_bytes(
        "Land;Jaar;Score\nOekraïne;2022;3,5\nIndonesië;2022;6,25\nAtlantis;2022;1,0\n".encode("cp1252")
    )
    table, _, outcomes = link(index, path)
    assert codes(outcomes) == ["UKR", "IDN", "-"]
    assert "cp1252" in table.reading
    assert "separator ;" in table.reading
    assert "Atlantis" in outcomes[2].reason


def test_a_title_above_the_header_is_not_the_header_and_is_told(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "wb.csv"
    path.write_text(
        '"Data Source","World Development Indicators",\n\n"Last Updated","2023-01-01",\n\n'
        '"Country Name","Country Code","2021","2022"\n"Ukraine","UKR","1","2"\n"Arab World","ARB","3","4"\n'
        '"Mali","MLI","","5"\n"Kenya","KEN","1","5"\n',
        encoding="utf-8-sig",
    )
    table, reading, outcomes = link(index, path)
    assert table.header == ("Country Name", "Country Code", "2021", "2022")
    assert codes(outcomes) == ["UKR", "-", "MLI", "KEN"]
    assert reading.year_columns == (2, 3)
    assert any("World Development" in line for line in table.aside)


def test_a_code_and_a_name_that_disagree_are_not_linked(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    rows = [
        "UKR\tUkraine",
        "MLI\tMali",
        "KEN\tKenya",
        "AUT\tAustralia",
        "NGA\tNiger",
        "ETH\tEthiopia",
        "SWE\tSweden",
    ]
    path.write_text("iso3\tcountry\n" + "\n".join(rows), encoding="utf-8")
    _, _, outcomes = link(index, path)
    assert codes(outcomes) == ["UKR", "MLI", "KEN", "-", "-", "ETH", "SWE"]
    assert "disagree" in outcomes[3].reason


def test_a_misspelt_name_against_a_wrong_code_is_not_linked(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "iso3,country\nUKR,Ukraine\nMLI,Mali\nAUS,Austriaa\nKEN,Kenya\nSWE,Sweden\n", encoding="utf-8"
    )
    _, _, outcomes = link(index, path)
    assert codes(outcomes) == ["UKR", "MLI", "-", "KEN", "SWE"]


def test_codes_of_another_scheme_lose_against_the_names(index: Index, tmp_path: Path) -> None:
    """FIPS: AU is Austria, CH is China."""
    path = tmp_path / "x.csv"
    rows = [
        "AU,Austria",
        "CH,China",
        "IZ,Iraq",
        "UP,Ukraine",
        "NI,Nigeria",
        "SW,Sweden",
        "IS,Israel",
        "RS,Russia",
    ]
    path.write_text("code,country\n" + "\n".join(rows), encoding="utf-8")
    _, _, outcomes = link(index, path)
    assert codes(outcomes) == ["AUT", "CHN", "IRQ", "UKR", "NGA", "SWE", "ISR", "RUS"]


def test_correlates_of_war_numbers_are_not_taken_for_m49(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ccode,value\n2,1\n20,2\n200,3\n369,4\n365,5\n", encoding="utf-8")
    with pytest.raises(ColumnError):
        link(index, path)


def test_m49_codes_without_their_zeros_and_namibia_as_na(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("m49,iso2,year\n4,AF,2022.0\n516,NA,2022\n804,UA,FY2022\n,,2022\n", encoding="utf-8")
    _, reading, outcomes = link(index, path)
    assert codes(outcomes) == ["AFG", "NAM", "UKR", "-"]
    assert reading.year == 2
    assert outcomes[3].reason == "the key is empty"


def test_regions_codes_beside_names_are_not_their_countries(index: Index, tmp_path: Path) -> None:
    """As in tables of the United Nations: Micronesia is a region (57) and, under a longer name, a country."""
    path = tmp_path / "x.tsv"
    rows = [
        "Africa\t2",
        "Mali\t466",
        "Kenya\t404",
        "Uganda\t800",
        "Ukraine\t804",
        "Sweden\t752",
        "Georgia\t268",
        "Niger\t562",
        "Guinea\t324",
        "Congo\t178",
        "Dem. Rep. of the Congo\t180",
        "Congo\t",
        "Micronesia\t57",
        "Micronesia\t954",
        "Micronesia (Fed. States of)\t583",
    ]
    path.write_text("Region, country or area *\tLocation\n" + "\n".join(rows), encoding="utf-16")
    _, reading, outcomes = link(index, path)
    assert [k.scheme for k in reading.keys] == ["m49", "name"]
    names = ["MLI", "KEN", "UGA", "UKR", "SWE", "GEO", "NER", "GIN", "COG", "COD", "-", "-", "-", "FSM"]
    assert codes(outcomes) == ["-", *names]
    assert "is also a region" in outcomes[13].reason


def test_codes_of_the_games_and_of_fips_are_told_from_iso_codes_without_a_name_beside_them(
    index: Index, tmp_path: Path
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("country_code,n\nNED,1\nGER,2\nSUI,3\nBRN,4\nUKR,5\nDEN,6\nRSA,7\n", encoding="utf-8")
    assert codes(link(index, path)[2]) == ["NLD", "DEU", "CHE", "BHR", "UKR", "DNK", "ZAF"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Rep. of Korea", "KOR"),
        ("Korea, Democratic People's Republic of*", "PRK"),
        ("Yemen, Republic of", "YEM"),
        ("Kosovo [1]", "XKX"),
        ("Dominican Rep.", "DOM"),
        ("Congo (Dem. Republiek)", "COD"),
        ("Bolivië", "BOL"),
        ("Republiek Zuid-Soedan", "SSD"),
        ("St. Vincent & the Grenadines", "VCT"),
        ("Sudan (former)", "-"),
        ("Yemen, South", "-"),
        ("Korea", "-"),
        ("American Samoa", "-"),
        ("Serbia and Montenegro", "-"),
    ],
)
def test_a_name_in_other_words_is_the_same_name_and_a_like_one_is_not(
    index: Index, name: str, code: str
) -> None:
    found = [i.rsplit("/", 1)[-1] for i in resolve(index, name, "name", "country")]
    assert found == [code] if code != "-" else len(found) != 1


def test_the_edition_of_a_report_is_not_the_year_that_it_rates(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Country,Edition,Year,Status\nMali,2023,2022,Not Free\nKenya,2023,2022,PF\n", "utf-8")
    table, reading, _ = link(index, path)
    assert reading.year is not None
    assert reading.edition is not None
    assert (table.header[reading.year], table.header[reading.edition]) == ("Year", "Edition")


def test_donor_and_recipient_are_linked_each_by_itself(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        'donor,recipient,day,eur\nNetherlands,Mali,31-12-2022,"1.234,5"\nSweden,Atlantis,1-2-2022,NA\n'
        "Sweden,Kenya,1-3-2022,NA\n",
        encoding="utf-8",
    )
    table = read_table(path)
    reading = settle_keys(index, table, read_columns(index, table, key_columns=["donor"]))
    about = About("aid", "Aid", "s", "l", "2026-01-01")
    beside = [link_beside(index, table, "recipient")]
    linked = link_table(table, reading, match_rows(index, table, reading), about, tmp_path, beside)
    assert [o.reason[:34] for o in linked.left_out] == ["column 'recipient': no country is "]
    graph = observe(linked.metadata, index)
    rows = set(
        graph.query(
            """PREFIX aid: <https://w3id.org/grotius/id/dataset/aid#>
            PREFIX area: <http://purl.org/linked-data/sdmx/2009/dimension#>
            SELECT ?to ?day ?eur { ?o area:refArea ?from ; aid:recipient_thing ?to ; aid:day ?day
              OPTIONAL { ?o aid:eur ?eur } }"""
        )
    )
    country = "https://w3id.org/grotius/id/country/"
    said = {(str(to).removeprefix(country), str(day), str(eur)) for to, day, eur in rows}
    assert said == {("MLI", "2022-12-31", "1234.5"), ("KEN", "2022-03-01", "None")}


def test_the_same_name_for_country_and_kingdom_is_settled_by_the_table(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("land,waarde\nNederland,1\nMali,2\nKenia,3\n", encoding="utf-8")
    assert codes(link(index, path)[2]) == ["NLD", "MLI", "KEN"]


def test_organisations_by_name_and_acronym(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "body|amount\nNAVO|1\nRaad van Europa|2\nUNESCO|3\nIOM|4\nEuropese Raad|5\n", encoding="utf-8"
    )
    _, reading, outcomes = link(index, path)
    assert reading.kind == "organisation"
    assert codes(outcomes) == ["navo", "raad-van-europa", "unesco", "iom", "-"]


def test_donor_and_recipient_are_not_taken_for_one_thing(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("donor,recipient\nNetherlands,Mali\nSweden,Kenya\nNetherlands,Uganda\n", encoding="utf-8")
    _, reading, outcomes = link(index, path)
    assert codes(outcomes) == ["NLD", "SWE", "NLD"]
    assert any("recipient" in remark for remark in reading.remarks)


def test_a_workbook_and_a_parquet_file_read_as_their_text(index: Index, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"iso_n3": [804, 466], "year": [2022, 2021], "v": [1.5, None]}), path)
    table, _, outcomes = link(index, path)
    assert codes(outcomes) == ["UKR", "MLI"]
    assert table.rows[1].cells == ("466", "2021", "")


def test_every_row_has_an_outcome_also_ragged_and_empty_ones(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("iso3,v\nUKR,1\nMLI\nKEN,2,3\n,4\nXXX,5\n", encoding="utf-8")
    table, _, outcomes = link(index, path)
    assert [o.row.line for o in outcomes] == [2, 3, 4, 5, 6]
    assert all(o.thing or o.reason for o in outcomes)
    assert any("line 4" in line for line in table.aside)


def test_lines_that_end_with_a_carriage_return_alone_are_lines(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes("sep=;\rLand;Waarde\rOekraïne;1,5\rBelgië;2,5\r".encode("mac_roman"))
    table, _, outcomes = link(index, path)
    assert codes(outcomes) == ["UKR", "BEL"]
    assert "mac_roman" in table.reading


def test_the_kingdom_by_its_identifier_is_not_the_country(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    rows = "Kingdom of the Netherlands,Q29999\nNetherlands,Q55\nMali,Q912\n"
    path.write_text("itemLabel,item\n" + rows, encoding="utf-8")
    _, _, outcomes = link(index, path)
    assert codes(outcomes) == ["-", "NLD", "MLI"]
    assert "Kingdom" in outcomes[0].reason


def test_a_file_that_is_no_table_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("one column\nonly\n", encoding="utf-8")
    with pytest.raises(TableError, match="one column"):
        read_table(path)


def test_the_ratings_link_without_one_wrong_match(index: Index, freedom_house: Path, tmp_path: Path) -> None:
    _, _, by_code = link(index, freedom_house)
    given = [o.row.cells[0] for o in by_code]
    assert codes(by_code) == given
    names = tmp_path / "names.csv"
    names.write_text(
        "country\tyear\n" + "\n".join(f"{o.row.cells[1]}\t{o.row.cells[2]}" for o in by_code), "utf-8"
    )
    assert codes(link(index, names)[2]) == given
