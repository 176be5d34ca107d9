"""What the directory knows."""

from pydantic import BaseModel, ConfigDict, Field


class NewPerson(BaseModel):
    name: str = Field(min_length=1, max_length=80)
    mail: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    title: str = "Staff"
    password: str = Field(min_length=12)


class Person(BaseModel):
    """A row of the table of people."""

    model_config = ConfigDict(extra="allow")

    id: int
    name: str
    mail: str
    title: str
    team: int | None
    password_hash: str
    notes: str


class Team(BaseModel):
    id: int
    name: str
    budget: int
    lead: Person
    members: list[Person]
