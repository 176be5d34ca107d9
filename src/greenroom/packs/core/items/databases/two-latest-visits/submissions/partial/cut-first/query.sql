WITH two AS (
    SELECT * FROM (
        SELECT *, row_number() OVER (PARTITION BY patient ORDER BY day DESC, id DESC) AS place FROM visits
    ) WHERE place <= 2
)
SELECT patient, id, day, day - lag(day) OVER (PARTITION BY patient ORDER BY day, id) AS gap
FROM two
ORDER BY patient, place;
