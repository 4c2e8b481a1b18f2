select order_date, region, gross - discount as net from mart.sales
