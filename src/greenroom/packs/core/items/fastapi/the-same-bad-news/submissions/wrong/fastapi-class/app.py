"""A small library: its books, and who has them."""

import sqlite3

import store
from errors import install
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="Library")
install(app)

SHELVES = {"a": "ground floor", "b": "first floor"}


class NewBook(BaseModel):
    isbn: str = Field(pattern=r"^\d{13}$")
    title: str = Field(min_length=1)
    copies: int = Field(ge=1)
    shelf: str = "a"


class Reader(BaseModel):
    card: int
    name: str = Field(min_length=1)


class NewLoan(BaseModel):
    book: int
    reader: Reader
    days: int = Field(ge=1, le=30)


class Book(BaseModel):
    id: int
    isbn: str
    title: str
    copies: int


def found(number: int) -> tuple:
    row = store.one("SELECT id, isbn, title, copies, shelf FROM books WHERE id = ?", number)
    if row is None:
        raise HTTPException(404, "there is no such book")
    return row


@app.get("/books/{number}")
def book(number: int) -> Book:
    return Book(**dict(zip(("id", "isbn", "title", "copies"), found(number), strict=False)))


@app.get("/books/{number}/place")
def place(number: int) -> str:
    return SHELVES[found(number)[4]]


@app.post("/books", status_code=201)
def acquire(new: NewBook) -> dict[str, int]:
    sql = "INSERT INTO books (isbn, title, copies, shelf) VALUES (?, ?, ?, ?)"
    try:
        return {"id": store.add(sql, new.isbn, new.title, new.copies, new.shelf)}
    except sqlite3.IntegrityError:
        if store.one("SELECT 1 FROM books WHERE isbn = ?", new.isbn) is None:
            raise
        raise HTTPException(409, "we have a book with this ISBN") from None


@app.post("/loans", status_code=201)
def lend(loan: NewLoan):
    copies = found(loan.book)[3]
    sql = "SELECT count(*), total(card = ?) FROM loans WHERE book = ?"
    lent, of_reader = store.one(sql, loan.reader.card, loan.book)
    if lent >= copies:
        raise HTTPException(409, "all copies are lent")
    if of_reader:
        raise HTTPException(429, "you have this book already", headers={"Retry-After": "86400"})
    row = (loan.book, loan.reader.card, loan.days)
    return {"id": store.add("INSERT INTO loans (book, card, days) VALUES (?, ?, ?)", *row)}
