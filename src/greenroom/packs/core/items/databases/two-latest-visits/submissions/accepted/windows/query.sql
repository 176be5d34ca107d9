SELECT patient, id, day, gap FROM (
    SELECT patient, id, day,
           day - lag(day) OVER (PARTITION BY patient ORDER BY day, id) AS gap,
           row_number() OVER (PARTITION BY patient ORDER BY day DESC, id DESC) AS place
    FROM visits
)
WHERE place <= 2
ORDER BY patient, place;
