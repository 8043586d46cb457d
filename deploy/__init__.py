"""How the site reaches others: fresh secrets, probes of containers, manifests and their check."""
