select current_user as role
