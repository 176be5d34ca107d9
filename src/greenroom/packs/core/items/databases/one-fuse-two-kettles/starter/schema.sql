-- The tables of the house, as they are in PostgreSQL. They are given.

CREATE TABLE circuits (
    id int PRIMARY KEY,
    name text NOT NULL,
    fuse_watts int NOT NULL
);

CREATE TABLE appliances (
    id int PRIMARY KEY,
    circuit_id int NOT NULL REFERENCES circuits,
    name text NOT NULL,
    watts int NOT NULL,
    is_on boolean NOT NULL DEFAULT false
);
