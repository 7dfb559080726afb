"""Pages on MLflow's server, where people look before they promote."""
