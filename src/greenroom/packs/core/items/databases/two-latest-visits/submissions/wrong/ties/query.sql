SELECT patient, id, day, gap FROM (
    SELECT patient, id, day,
           day - lag(day) OVER (PARTITION BY patient ORDER BY day) AS gap,
           rank() OVER (PARTITION BY patient ORDER BY day DESC) AS place
    FROM visits
)
WHERE place <= 2
ORDER BY patient, place;
