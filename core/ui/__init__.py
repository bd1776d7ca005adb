"""Screen parts that pages share. With pages/ and main.py the only code that knows Streamlit."""
