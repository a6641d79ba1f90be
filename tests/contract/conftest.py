"""A small contract of two documents, made anew for every test that wants to change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.bundle import bundle
from conformance.contract.contract import Contract

DOCUMENTS = ("openapi/library.yaml", "openapi/common.yaml")

COMMON = """\
openapi: 3.1.0
info: {title: Shared parts, version: '1'}
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
  schemas:
    Isbn: {type: string, pattern: '^[0-9]{10}$'}
    Shelf:
      type: object
      required: [code]
      properties:
        code: {type: string, x-code-list: shelves}
        inside: {$ref: '#/components/schemas/Shelf'}
    Problem:
      type: object
      required: [title]
      properties: {title: {type: string}}
"""

LIBRARY = """\
openapi: 3.1.0
info: {title: Library, version: '1'}
security: [{key: []}]
paths:
  /books/{isbn}:
    parameters:
      - name: isbn
        in: path
        required: true
        schema: {$ref: 'common.yaml#/components/schemas/Isbn'}
    get:
      operationId: readBook
      responses:
        '200':
          description: found
          headers:
            ETag: {required: true, schema: {type: string}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
        4XX:
          description: refused
          content:
            application/problem+json:
              schema: {$ref: 'common.yaml#/components/schemas/Problem'}
    delete:
      operationId: removeBook
      x-api-code: B7
      responses:
        '204': {description: gone}
  /books/latest:
    get:
      operationId: readLatest
      security: []
      responses:
        '200':
          description: found
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Book'}
components:
  schemas:
    Book:
      type: object
      additionalProperties: false
      required: [isbn, printed]
      properties:
        isbn: {$ref: 'common.yaml#/components/schemas/Isbn'}
        printed: {type: string, format: date}
        pages: {type: integer, minimum: 1}
        kept:
          oneOf:
            - type: 'null'
            - $ref: 'common.yaml#/components/schemas/Shelf'
        copies:
          type: array
          items: {$ref: 'common.yaml#/components/schemas/Shelf'}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "openapi").mkdir()
    (tmp_path / "openapi/common.yaml").write_text(COMMON, encoding="utf-8")
    (tmp_path / "openapi/library.yaml").write_text(LIBRARY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def contract(root: Path) -> Contract:
    return Contract(bundle(root, DOCUMENTS))
