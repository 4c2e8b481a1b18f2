-- Inventory and shop (.NET with EF Core).
CREATE TABLE "Products" ("Id" integer PRIMARY KEY, "Sku" text NOT NULL, "Name" text NOT NULL, "CategoryId" integer NOT NULL, "Search" tsvector, "Price" numeric NOT NULL);
CREATE UNIQUE INDEX "IX_Products_Sku" ON "Products" ("Sku");
CREATE INDEX "IX_Products_CategoryId" ON "Products" ("CategoryId");
CREATE INDEX "IX_Products_Search" ON "Products" USING gin ("Search");
CREATE TABLE "Warehouses" ("Id" integer PRIMARY KEY, "Name" text NOT NULL);
CREATE TABLE "Stock" ("ProductId" integer NOT NULL REFERENCES "Products", "WarehouseId" integer NOT NULL REFERENCES "Warehouses", "OnHand" integer NOT NULL, "Reserved" integer NOT NULL, PRIMARY KEY ("ProductId", "WarehouseId"));
CREATE TABLE "Orders" ("Id" bigint PRIMARY KEY, "CustomerId" bigint NOT NULL, "PlacedAt" timestamptz NOT NULL, "Status" integer NOT NULL, "Total" numeric NOT NULL, "IsDeleted" boolean NOT NULL DEFAULT false);
CREATE INDEX "IX_Orders_CustomerId" ON "Orders" ("CustomerId");
CREATE INDEX "IX_Orders_PlacedAt" ON "Orders" ("PlacedAt");
CREATE TABLE "OrderLines" ("Id" bigint PRIMARY KEY, "OrderId" bigint NOT NULL REFERENCES "Orders", "ProductId" integer NOT NULL REFERENCES "Products", "Quantity" integer NOT NULL, "UnitPrice" numeric NOT NULL);
CREATE INDEX "IX_OrderLines_OrderId" ON "OrderLines" ("OrderId");
CREATE TABLE "Moves" ("Id" bigint PRIMARY KEY, "ProductId" integer NOT NULL REFERENCES "Products", "WarehouseId" integer NOT NULL, "Delta" integer NOT NULL, "At" timestamptz NOT NULL);
CREATE INDEX "IX_Moves_ProductId_At" ON "Moves" ("ProductId", "At");
CREATE TABLE "BomLines" ("ParentId" integer NOT NULL, "ChildId" integer NOT NULL, "Qty" numeric NOT NULL, PRIMARY KEY ("ParentId", "ChildId"));
CREATE TABLE "ImportRows" ("BatchId" uuid NOT NULL, "Line" integer NOT NULL, "Sku" text, "Qty" integer, PRIMARY KEY ("BatchId", "Line"));
