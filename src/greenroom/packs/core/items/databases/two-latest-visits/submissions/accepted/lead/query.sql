WITH numbered AS (
    SELECT *, row_number() OVER latest AS place, day - lead(day) OVER latest AS gap
    FROM visits
    WINDOW latest AS (PARTITION BY patient ORDER BY day DESC, id DESC)
)
SELECT patient, id, day, gap FROM numbered WHERE place < 3 ORDER BY patient ASC, day DESC, id DESC;
