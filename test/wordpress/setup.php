<?php
// Installs WordPress in the database of wp-config.php, and prints the application password
// of a user for each role.
define('WP_INSTALLING', true);
require getcwd() . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('A test site', 'admin', 'admin@example.com', true, '', 'admin-password');
$passwords = [];
foreach (['admin' => '', 'ada' => 'author', 'carl' => 'contributor'] as $name => $role) {
    $id = 1;
    if ($role) {
        $id = wp_insert_user(['user_login' => $name, 'user_pass' => "p-$name", 'role' => $role, 'display_name' => ucfirst($name)]);
    }
    [$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'vellocity']);
    $passwords[$name] = WP_Application_Passwords::chunk_password($password);
}
echo json_encode($passwords);
