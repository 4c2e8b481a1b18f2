-- schema bookings
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
CREATE TYPE public."BookingStatus" AS ENUM (
    'PENDING',
    'CONFIRMED',
    'CHECKED_IN',
    'NO_SHOW',
    'CANCELLED'
);
CREATE TABLE public."Hotel" (
    id text NOT NULL,
    "name" text NOT NULL,
    "countryCode" character(2) NOT NULL,
    "timeZone" text DEFAULT 'UTC'::text NOT NULL
);
CREATE TABLE public."Guest" (
    id text NOT NULL,
    email text,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE TABLE public."Booking" (
    id text NOT NULL,
    "hotelId" text NOT NULL,
    "guestId" text,
    status public."BookingStatus" DEFAULT 'PENDING'::public."BookingStatus" NOT NULL,
    "createdAt" timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "cancelledAt" timestamp(3) without time zone,
    "arrival" date NOT NULL,
    "departure" date NOT NULL,
    "priceCents" integer NOT NULL,
    channel character varying(20),
    CONSTRAINT "Booking_cancelled" CHECK (((status = 'CANCELLED'::public."BookingStatus") = ("cancelledAt" IS NOT NULL))),
    CONSTRAINT "Booking_nights" CHECK ((departure > arrival))
);
CREATE TABLE public."Payment" (
    id bigint NOT NULL,
    "bookingId" text NOT NULL,
    "amountCents" integer NOT NULL,
    refunded boolean DEFAULT false NOT NULL,
    CONSTRAINT "Payment_amount" CHECK (("amountCents" > 0))
);
CREATE SEQUENCE public."Payment_id_seq" START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public."Payment_id_seq" OWNED BY public."Payment".id;
ALTER TABLE ONLY public."Payment" ALTER COLUMN id SET DEFAULT nextval('public."Payment_id_seq"'::regclass);
ALTER TABLE ONLY public."Hotel" ADD CONSTRAINT "Hotel_pkey" PRIMARY KEY (id);
ALTER TABLE ONLY public."Guest" ADD CONSTRAINT "Guest_pkey" PRIMARY KEY (id);
ALTER TABLE ONLY public."Booking" ADD CONSTRAINT "Booking_pkey" PRIMARY KEY (id);
ALTER TABLE ONLY public."Payment" ADD CONSTRAINT "Payment_pkey" PRIMARY KEY (id);
CREATE UNIQUE INDEX "Guest_email_key" ON public."Guest" USING btree (email);
CREATE INDEX "Booking_arrival_idx" ON public."Booking" USING btree (arrival);
ALTER TABLE ONLY public."Booking" ADD CONSTRAINT "Booking_hotelId_fkey" FOREIGN KEY ("hotelId") REFERENCES public."Hotel"(id) ON UPDATE CASCADE ON DELETE RESTRICT;
ALTER TABLE ONLY public."Booking" ADD CONSTRAINT "Booking_guestId_fkey" FOREIGN KEY ("guestId") REFERENCES public."Guest"(id) ON UPDATE CASCADE ON DELETE SET NULL;
ALTER TABLE ONLY public."Payment" ADD CONSTRAINT "Payment_bookingId_fkey" FOREIGN KEY ("bookingId") REFERENCES public."Booking"(id) ON UPDATE CASCADE ON DELETE RESTRICT;
COMMENT ON TABLE public."Booking" IS 'One stay; cancelled ones are kept';

-- pair book-01 | equal-under
-- why: the CHECK of the dump, on quoted names
-- rests: check booking.booking_cancelled; not_null booking.status
SELECT COUNT(*) FROM "Booking" WHERE "status" <> 'CANCELLED';
-- and
SELECT COUNT(*) AS "count" FROM "public"."Booking" WHERE "public"."Booking"."cancelledAt" IS NULL;

-- pair book-02 | equal-under
-- why: every payment has its booking, and that its hotel
-- rests: foreign_key payment(bookingid); not_null payment.bookingid; foreign_key booking(hotelid); not_null booking.hotelid or foreign_key payment(bookingid); not_null payment.bookingid; foreign_key booking(hotelid); not_null booking.hotelid; primary_key booking(id); primary_key hotel(id)
SELECT SUM(p."amountCents") FROM "Payment" p JOIN "Booking" b ON b.id = p."bookingId" JOIN "Hotel" h ON h.id = b."hotelId" WHERE NOT p.refunded;
-- and
SELECT SUM("amountCents") FROM "Payment" WHERE refunded IS FALSE;

-- pair book-03 | different | kind: fan-out
-- why: two payments of one booking count its price twice
SELECT SUM(b."priceCents") FROM "Booking" b JOIN "Payment" p ON p."bookingId" = b.id;
-- and
SELECT SUM(b."priceCents") FROM "Booking" b WHERE EXISTS (SELECT 1 FROM "Payment" p WHERE p."bookingId" = b.id);

-- pair book-04 | stricter | kind: population
-- why: no-shows took the room in the second
SELECT date_trunc('month', arrival), COUNT(*) FROM "Booking" WHERE status IN ('CONFIRMED', 'CHECKED_IN') GROUP BY 1;
-- and
SELECT date_trunc('month', arrival), COUNT(*) FROM "Booking" WHERE status NOT IN ('CANCELLED', 'PENDING') GROUP BY 1;

-- pair book-05 | equal-under
-- why: what the enum leaves
-- rests: type booking.status
SELECT date_trunc('month', arrival), COUNT(*) FROM "Booking" WHERE status IN ('CONFIRMED', 'CHECKED_IN', 'NO_SHOW') GROUP BY 1;
-- and
SELECT date_trunc('month', arrival), COUNT(*) FROM "Booking" WHERE status NOT IN ('CANCELLED', 'PENDING') GROUP BY 1;

-- pair book-06 | equal-under
-- why: the address is unique where there is one
-- rests: unique guest(email)
SELECT COUNT(DISTINCT email) FROM "Guest" WHERE "createdAt" >= '2024-01-01';
-- and
SELECT COUNT(email) FROM "Guest" WHERE "createdAt" >= '2024-01-01';

-- pair book-07 | different | kind: time-column
-- why: by booking or by arrival
SELECT to_char("createdAt", 'YYYY-MM') AS month, SUM("priceCents") / 100.0 FROM "Booking" GROUP BY 1;
-- and
SELECT to_char(arrival, 'YYYY-MM') AS month, SUM("priceCents") / 100.0 FROM "Booking" GROUP BY 1;

-- pair book-08 | equal or undecided
-- why: a month of a year as text, or put together from its parts
SELECT to_char("createdAt", 'YYYY-MM') AS month, COUNT(*) FROM "Booking" GROUP BY 1;
-- and
SELECT extract(year from "createdAt")::text || '-' || lpad(extract(month from "createdAt")::text, 2, '0'), COUNT(*) FROM "Booking" GROUP BY 1;

-- pair book-09 | equal
-- why: nights are days between two dates
SELECT SUM(departure - arrival) FROM "Booking" WHERE status = 'CHECKED_IN';
-- and
SELECT SUM(-(arrival - departure)) FROM "Booking" WHERE 'CHECKED_IN' = status;

-- pair book-10 | equal-under
-- why: a stay has at least one night
-- rests: check booking.booking_nights; not_null booking.arrival; not_null booking.departure
SELECT COUNT(*) FROM "Booking" WHERE departure - arrival >= 1;
-- and
SELECT COUNT(*) FROM "Booking";

-- pair book-11 | looser | kind: boundary or population
-- why: guests of one night of the period: who leaves on its first day slept there before
SELECT COUNT(*) FROM "Booking" WHERE arrival < '2024-08-01' AND departure >= '2024-07-01';
-- and
SELECT COUNT(*) FROM "Booking" WHERE arrival < '2024-08-01' AND departure > '2024-07-01';

-- pair book-12 | equal
-- why: overlap of periods by comparison or by the operator of ranges; both end before their end
SELECT COUNT(*) FROM "Booking" WHERE arrival < '2024-08-01' AND departure > '2024-07-01' AND arrival < departure;
-- and
SELECT COUNT(*) FROM "Booking" WHERE departure > arrival AND NOT (arrival >= '2024-08-01' OR departure <= '2024-07-01');

-- pair book-13 | stricter or different | kind: boundary
-- why: milliseconds: the last second of the day
SELECT COUNT(*) FROM "Booking" WHERE "createdAt" <= '2024-06-30 23:59:59';
-- and
SELECT COUNT(*) FROM "Booking" WHERE "createdAt" < '2024-07-01';

-- pair book-14 | equal or undecided
-- why: a timestamp of three decimals has none after .999
SELECT COUNT(*) FROM "Booking" WHERE "createdAt" <= '2024-06-30 23:59:59.999';
-- and
SELECT COUNT(*) FROM "Booking" WHERE "createdAt" < '2024-07-01';

-- pair book-15 | different | kind: null-handling or distinctness
-- why: bookings whose guest was deleted are guests of the first only
SELECT COUNT(DISTINCT COALESCE("guestId", id)) FROM "Booking";
-- and
SELECT COUNT(DISTINCT "guestId") FROM "Booking";

-- pair book-16 | equal or undecided
-- why: the channels are compared whole, as a list or as a pattern with anchors
SELECT channel, COUNT(*) FROM "Booking" WHERE channel IN ('web', 'phone') GROUP BY channel;
-- and
SELECT channel, COUNT(*) FROM "Booking" WHERE channel ~ '^(web|phone)$' GROUP BY channel;

-- pair book-17 | looser or different | kind: population
-- why: without anchors webshop is web too
SELECT COUNT(*) FROM "Booking" WHERE channel ~ 'web|phone';
-- and
SELECT COUNT(*) FROM "Booking" WHERE channel IN ('web', 'phone');
