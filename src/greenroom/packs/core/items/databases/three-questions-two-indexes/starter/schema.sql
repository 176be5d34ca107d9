-- The table as it is; do not change.
CREATE TABLE payments (
    id INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    created INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'paid', 'refunded', 'failed')),
    reference TEXT NOT NULL,
    cents INTEGER NOT NULL
);
