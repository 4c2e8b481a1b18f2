explain (format json) {{statement}}
